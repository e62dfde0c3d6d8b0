"""What is ordered with a booking: catering and equipment."""
