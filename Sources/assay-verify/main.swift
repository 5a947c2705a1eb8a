print("assay-verify: nothing here yet")
