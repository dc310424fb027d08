"""What people read: text tables and pictures. Both take plain numbers and know nothing of scenarios or the
engine.
"""
