"""Read the tables of a document, step by step.

``fill`` runs the steps. ``stream`` lays the document out as a Stream of letters and Marks, each with the
Reading of its text. ``locate`` finds the labels of every table. ``claim`` gives the Marks between two labels
to a row, as its Claim. ``arrange`` makes a Row of it: its Marks in columns, or Chunks to be cut. ``cut``
lists the Assignments that a Row may take, its Domain. ``solve`` keeps those that agree with the form's sums:
RowSums within a row, Constraints across rows. Each of these types is defined where it is declared.
"""
