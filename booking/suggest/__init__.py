"""What else there is for a patient: other sessions (rule D6), the right department (rule D7), the best order of a day
with several examinations (rule G7). Suggestions only: whether a place may be booked, `booking.decide` says.
"""
