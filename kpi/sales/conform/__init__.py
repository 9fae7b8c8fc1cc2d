"""From sound rows to a star: the SQL text of every step. What runs it is `storage.warehouse.conformed`.

`sources` lays the typed tables beside each other, `repeats` finds keys that stand twice, `soundness` what cannot be
loaded, `numbers` gives sales their ids; `listed` and `told` make the members of a `dimension` (of lists; of what lines of
sales say), `calendar` the days, `amounts` the money, `facts` and `flat` the two tables of sales, `rejects` the rows that
are not among them, `remarks` what a person should know about those that are.
"""
