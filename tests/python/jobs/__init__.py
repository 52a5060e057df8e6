"""What ends a job with an error: wrong vars, raw tables that are not there or old, selections of nothing."""
