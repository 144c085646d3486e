"""Long work in child processes: the pipe protocol, the supervisor, and for each kind of work how its results are committed.

A worker never opens the database: it sends items, the parent commits each as it comes, and a job killed at 95 % goes on from its last
item.
"""
