package metainfo

import "swarmlab/protocol/bencode"

// encodeText appends a key with a string, unless that is empty.
func encodeText(dst []byte, key, text string) []byte {
	if text == "" {
		return dst
	}
	return bencode.AppendString(bencode.AppendString(dst, key), text)
}

func encodeNumber(dst []byte, key string, n int64) []byte {
	return bencode.AppendInt(bencode.AppendString(dst, key), n)
}

// encodeList appends a key with a list of strings.
func encodeList(dst []byte, key string, texts []string) []byte {
	return encodeTexts(bencode.AppendString(dst, key), texts)
}

func encodeTexts(dst []byte, texts []string) []byte {
	dst = append(dst, 'l')
	for _, text := range texts {
		dst = bencode.AppendString(dst, text)
	}
	return append(dst, 'e')
}
