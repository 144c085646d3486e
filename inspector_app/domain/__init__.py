"""Values and rules of the inspector's world; standard library only, no files, no processes, no words for people."""
