package findings

// Record is a row of records.parquet: what has become, at some age, of one announced record. A
// record is what one node announced under one key; its holders are the nodes that had stored it
// when the announce had ended. Nobody announces it again, but for a workload that draws the same
// node and key twice.
type Record struct {
	Cell    int32  `parquet:"cell"`
	Seed    uint64 `parquet:"seed"`
	Number  int32  `parquet:"record"` // counts the records of a run in the order of storing
	Client  string `parquet:"client"` // of the node that announced it
	Stored  int32  `parquet:"stored_s"`
	Age     int32  `parquet:"age_s"`
	Holders int32  `parquet:"holders"`
	Online  int32  `parquet:"online"`  // of the holders, up under the id that they had
	Holding int32  `parquet:"holding"` // of these, that have the record still
	Closest int32  `parquet:"closest"` // of the holders, among the k closest now that are up
}
