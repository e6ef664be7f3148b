package intel

import "testing"

func benchmarkGroup(b *testing.B, c *Checker) {
	group := Group{
		Pos: at(1), Type: "Incident", Name: "Bad Incident", Key: "op-aurora", XID: "op-aurora",
		Fields: Fields{{"eventDate", "2021-11-03T00:00:00Z", at(2)}, {"status", "New", at(3)}},
		Tags:   []Tag{{Name: "Targeted Attack"}, {Name: "Imported"}, {TechniqueID: "T1566"}},
		Attributes: []Attribute{
			{Type: "Description", Value: "A severe one", Default: Yes},
			{Type: "Source", Value: "Migration", Default: Yes},
		},
		SecurityLabels: []string{"TLP:AMBER"},
	}
	var ps Problems
	b.ReportAllocs()
	for b.Loop() {
		g := group
		c.Group(&g, &ps)
	}
	if len(ps) > 0 {
		b.Fatal(ps)
	}
}

func BenchmarkGroup(b *testing.B)         { benchmarkGroup(b, NewChecker(nil)) }
func BenchmarkGroupInstance(b *testing.B) { benchmarkGroup(b, NewChecker(testInstance())) }

func BenchmarkObject(b *testing.B) {
	for _, o := range []Object{
		{Kind: KindIndicator, Type: "Host", Summary: "badguy.example"},
		{Kind: KindIndicator, Type: "Address", Details: &Details{Fields: Fields{{"ip", "71.6.135.131", at(2)}}}},
		{Kind: KindIndicator, Type: "URL", Summary: "http://badguy.example/Path"},
		{Kind: KindIndicator, Type: "File", Details: &Details{Fields: Fields{{"md5", testMD5, at(2)}, {"sha256", testSHA256, at(3)}, {"rating", "4", at(4)}}}},
		{Kind: KindIndicator, Type: "Registry Key", Summary: `HKLM\Software\Bad : Run : REG_SZ`},
	} {
		b.Run(o.Type, func(b *testing.B) {
			c := NewChecker(nil)
			var ps Problems
			b.ReportAllocs()
			for b.Loop() {
				o := *o.Clone()
				c.Object(&o, &ps)
			}
			if len(ps) > 0 {
				b.Fatal(ps)
			}
		})
	}
}

func BenchmarkKeysOfSummary(b *testing.B) {
	typ, _ := IndicatorTypeNamed("Host", nil)
	b.ReportAllocs()
	for b.Loop() {
		typ.KeysOfSummary("badguy.example")
	}
}

func BenchmarkFieldEqual(b *testing.B) {
	spec := specFor(b, "Incident.eventDate")
	b.ReportAllocs()
	for b.Loop() {
		spec.Equal("2021-11-03T00:00:00Z", "2021-11-03T00:00:00.000Z")
	}
}
