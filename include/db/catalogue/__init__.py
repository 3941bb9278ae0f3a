"""Read and write what all users share: boards, jobs and postings."""
