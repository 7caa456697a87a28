"""The ticketing plugin's database part in Python: the real Airflow runs it, beside ours in Rust."""
