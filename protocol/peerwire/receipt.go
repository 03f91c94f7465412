package peerwire

// AppendReceipt appends the message sl_receipt, whose body is for others to make and to read.
func AppendReceipt(dst []byte, ext uint8, body []byte) []byte {
	start := len(dst)
	dst = append(openExtended(dst, ext), body...)
	return closeExtended(dst, start)
}
