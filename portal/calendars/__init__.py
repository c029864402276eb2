"""The working calendar as a record: the years' official notices entered at the desk, every version of them."""
