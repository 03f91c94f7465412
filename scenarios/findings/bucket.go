package findings

// Bucket is a row of buckets.parquet: at one moment, the contacts of one client's sampled tables
// that share so many first bits with the owner's id, no matter how the table is divided. A table is
// full at a depth if it has as many contacts there as the client's bucket of that depth holds. A
// contact is dead if its node is down, or up under another id, or lets no stranger in: what a
// crawler that has just come would find.
type Bucket struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Second   int32  `parquet:"second"` // of simulated time
	Client   string `parquet:"client"`
	Depth    int32  `parquet:"depth"`    // shared bits
	Supply   int32  `parquet:"supply"`   // nodes of all clients that are up and let strangers in
	Tables   int32  `parquet:"tables"`   // that were looked at
	Room     int32  `parquet:"room"`     // for contacts in their buckets of this depth, together
	Full     int32  `parquet:"full"`     // tables that are full at this depth
	Contacts int32  `parquet:"contacts"` // in all of them
	Dead     int32  `parquet:"dead"`     // of the contacts
	InFull   int32  `parquet:"in_full"`  // contacts in tables that are full at this depth
	DeadFull int32  `parquet:"dead_in_full"`
}
