"""What web and worker are started with: both have threads of their own, and memory is dearer than a little time."""

SPARING = {
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    # large blocks go back to the system once they are free
    "MALLOC_MMAP_THRESHOLD_": "1048576",
    "MALLOC_TRIM_THRESHOLD_": "1048576",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
