package tc

import (
	"fmt"
	"strings"
	"testing"

	"tcimport/internal/intel"
)

// BenchmarkPage decodes a page as a look-up of a whole import reads it: groups
// with metadata and five associations each.
func BenchmarkPage(b *testing.B) {
	var page strings.Builder
	page.WriteString(`{"data":[`)
	const groups = 1000
	for i := range groups {
		if i > 0 {
			page.WriteByte(',')
		}
		fmt.Fprintf(&page, `{"id":%d,"ownerId":1,"ownerName":"Demo Organization","dateAdded":"2021-11-03T14:57:45Z","webLink":"https://tc.example/#/details/groups/%d/overview","type":"Incident","name":"Incident number %d","xid":"tcimport-%064x","createdBy":{"id":3,"userName":"11112222333344445555","firstName":"John","lastName":"Smith","pseudonym":"jsmithAPI","owner":"Demo Organization"},"upVoteCount":"0","downVoteCount":"0","status":"New","eventDate":"2021-11-03T00:00:00Z","lastModified":"2021-11-03T14:57:45Z","legacyLink":"https://tc.example/auth/incident/incident.xhtml?incident=%d","tags":{"data":[{"id":10,"name":"Targeted Attack","lastUsed":"2021-11-05T16:43:17Z"}]},"attributes":{"data":[{"id":%d,"type":"Description","value":"Something happened, and here is what it was.","default":true,"pinned":false,"dateAdded":"2021-11-03T14:57:45Z"}]},"associatedGroups":{"data":[`, i+1, i+1, i, i, i+1, i+1)
		for k := range 3 {
			if k > 0 {
				page.WriteByte(',')
			}
			fmt.Fprintf(&page, `{"id":%d,"ownerId":1,"ownerName":"Demo Organization","dateAdded":"2021-11-03T14:57:45Z","webLink":"https://tc.example/#/details/groups/%d/overview","type":"Threat","name":"Threat %d","createdBy":{"id":3,"userName":"1"},"upVoteCount":"0","downVoteCount":"0","lastModified":"2021-11-03T14:57:45Z"}`, i+k, i+k, i+k+1)
		}
		fmt.Fprintf(&page, `]},"associatedIndicators":{"data":[{"id":%d,"ownerName":"Demo Organization","type":"Host","summary":"host-%d.example.com","rating":5.00,"confidence":85,"active":true},{"id":%d,"ownerName":"Demo Organization","type":"Address","summary":"10.0.0.%d"}]}}`, i+1, i, i+2, i%250)
	}
	page.WriteString(`],"status":"Success"}`)
	text := strings.ReplaceAll(page.String(), `"id":0,`, `"id":7,`)
	c, err := New(Config{BaseURL: "https://tc.example/api", Credentials: Credentials{Token: "x"}})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s := c.newSearch(intel.KindGroup, Query{}, nil)
		if _, err := readList(answerOf(text), nil, s.each); err != nil || len(s.page) != groups {
			b.Fatal(err, len(s.page))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*groups), "µs/group")
}
