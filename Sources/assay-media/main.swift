print("assay-media: nothing here yet")
