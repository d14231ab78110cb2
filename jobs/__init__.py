"""Background work: the jobs, their schedule, and the two processes that run them."""
