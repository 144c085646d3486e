"""From keys to acts: the key map, what a tap on a digit means, the command palette and the key sheet."""
