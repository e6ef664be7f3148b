package tcsim

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// hashes of the three kinds, of one letter each; "-" is none.
func hashes(letters string) string {
	var parts []string
	for i, n := range []int{32, 40, 64} {
		if letters[i] != '-' {
			parts = append(parts, strings.Repeat(letters[i:i+1], n))
		}
	}
	return strings.Join(parts, " : ")
}

// files is the other way round, of all Files; a star marks a rating.
func (in *instance) files() string {
	var files []string
	for _, x := range in.Snapshot().Indicators {
		text := ""
		for _, h := range x.Values {
			if h != "" {
				text += strings.ToLower(h[:1])
			} else {
				text += "-"
			}
		}
		if r := x.Fields["rating"]; r != nil {
			text += "*"
		}
		files = append(files, text)
	}
	return strings.Join(files, " ")
}

// TestJobFilesThatShareHashes: what each mode makes of the Files that are there, the
// oldest one first, and of an incoming one with a rating, which a star marks.
func TestJobFilesThatShareHashes(t *testing.T) {
	for _, c := range []struct{ merge, collision, there, incoming, want string }{
		{"Merge", "FavorIncoming", "", "a--", "a--*"},
		{"Merge", "FavorIncoming", "a--", "ab-", "ab-*"},
		{"Merge", "FavorIncoming", "abc", "a--", "abc*"},
		{"Merge", "FavorIncoming", "a-- -b-", "ab-", "ab-*"},
		{"Merge", "FavorIncoming", "a-- -b- --c", "abd", "abd* --c"},
		{"Distribute", "FavorIncoming", "a-- -b- --c", "abc", "a--* -b-* --c*"},
		{"Distribute", "FavorIncoming", "ab-", "ac-", "ac-*"},
		{"Merge", "FavorIncoming", "ab-", "ac-", "ac-*"},
		{"Merge", "FavorExisting", "ab-", "acd", "abd*"},
		{"Merge", "IgnoreIncoming", "ab-", "ac-", "ab-"},
		{"Merge", "IgnoreExisting", "ab-", "ac-", "ab- -c-*"},
		{"Merge", "IgnoreExisting", "ab- -cd", "ac-", "ac-*"},
		{"Merge", "IgnoreExisting", "a-d b-e", "a-e", "a-e*"},
		{"Merge", "Split", "ab- cd-", "ad-", "ab-* cd-*"},
		{"Merge", "IgnoreIncoming", "a-- -b-", "ab-", "ab-*"},
	} {
		synctest.Test(t, func(t *testing.T) {
			in := start(t, Config{Now: time.Now})
			for f := range strings.FieldsSeq(c.there) {
				in.counts(in.job(settings(), `{"indicator":[{"type":"File","summary":"`+hashes(f)+`"}]}`), 1, 0, 0)
				time.Sleep(time.Second)
			}
			id := in.job(settings("fileMergeMode", c.merge, "hashCollisionMode", c.collision), `{"indicator":[{"type":"File","summary":"`+hashes(c.incoming)+`","rating":3}]}`)
			if got := in.batchStatus(id).equal("data.batchStatus.status", "Completed"); in.files() != c.want {
				t.Errorf("%+v: %s %s", c, in.files(), got.body)
			}
			if c.collision == "IgnoreIncoming" && !strings.Contains(c.want, "*") {
				in.get("/v2/batch/" + id + "/results").contains(`"code":"0x2003"`)
			}
		})
	}
}

// TestJobMergesWhatFilesHave: attributes are appended, the same ones too; tags, labels
// and associations are those of both.
func TestJobMergesWhatFilesHave(t *testing.T) {
	in := start(t, Config{})
	in.job(settings(), `{"group":[{"type":"Threat","name":"g","xid":"g"}],"indicator":[
		{"type":"File","summary":"`+hashes("a--")+`","attribute":[{"type":"Source","value":"s"}],"tag":[{"name":"t1"}],"associatedGroups":[{"groupXid":"g"}]},
		{"type":"File","summary":"`+hashes("-b-")+`","attribute":[{"type":"Source","value":"s"}],"tag":[{"name":"t2"}],"securityLabel":[{"name":"TLP:RED"}]}]}`)
	in.Associate(Ref{KindIndicator, 1}, Ref{KindIndicator, 2})
	in.counts(in.job(settings(), `{"indicator":[{"type":"File","md5":"`+hashes("a--")+`","sha1":"`+hashes("-b-")+`"}]}`), 1, 0, 0)
	snap := in.Snapshot()
	if len(snap.Indicators) != 1 {
		t.Fatalf("%+v", snap.Indicators)
	}
	x := snap.Indicators[0]
	if len(x.Attributes) != 2 || len(x.Tags) != 2 || len(x.SecurityLabels) != 1 || len(x.AssociatedGroups) != 1 || len(x.AssociatedIndicators) != 0 {
		t.Errorf("%+v", x)
	}
}
