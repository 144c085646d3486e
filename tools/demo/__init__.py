"""Drawing parts of the demonstration video: the studio, the host, the goods, and what a platform lays over them."""
