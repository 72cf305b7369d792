def parts_of(name): raise NotImplementedError
