"""Where SQL runs: one small protocol, and DuckDB as the engine that comes with Okaeri."""
