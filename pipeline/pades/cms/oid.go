package cms

// Object identifiers of RFC 5652, 5035, 5754 and 8017.
var (
	oidData          = []int{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = []int{1, 2, 840, 113549, 1, 7, 2}
	oidContentType   = []int{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = []int{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertV2 = []int{1, 2, 840, 113549, 1, 9, 16, 2, 47}

	oidSHA256          = []int{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA256WithRSA   = []int{1, 2, 840, 113549, 1, 1, 11}
	oidECDSAWithSHA256 = []int{1, 2, 840, 10045, 4, 3, 2}
)
