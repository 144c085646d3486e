"""The parts of the watch step and the panels other steps share: player, transcript, articles, timeline, findings."""
