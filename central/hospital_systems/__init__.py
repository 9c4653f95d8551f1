"""What hospital systems tell: orders, payments, confirmations, the day's sittings, through the interface or as files
(rules C4, D4, D9, D11, J1).
"""
