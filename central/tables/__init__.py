"""The store: one MetaData, the engine, and the migrations. What a table means is said in `central.<area>.tables`."""
