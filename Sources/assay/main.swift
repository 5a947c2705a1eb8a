print("assay: nothing here yet")
