"""The law: catalogue of editions, articles, elements and liability chains, and the reader of official texts; never a verdict on facts."""
