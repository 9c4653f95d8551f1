"""Doctors' orders, payments and refunds, as a hospital system tells them (rules D9, D11, J1)."""
