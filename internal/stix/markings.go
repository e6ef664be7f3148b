package stix

import (
	"encoding/json"
	"strings"

	"tcimport/internal/convert"
)

// tlp are the markings of the Traffic Light Protocol that everybody refers to, often
// without a definition. Source: STIX 2.1, section 7.2.1.4; the TLP 2.0 extension of OASIS.
var tlp = map[string]string{
	"marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "TLP:WHITE",
	"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "TLP:GREEN",
	"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "TLP:AMBER",
	"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "TLP:RED",
	"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "TLP:CLEAR",
	"marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "TLP:GREEN",
	"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "TLP:AMBER",
	"marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "TLP:AMBER+STRICT",
	"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "TLP:RED",
}

// levels are the labels of TLP by their levels.
var levels = map[string]string{
	"white": "TLP:WHITE", "clear": "TLP:CLEAR", "green": "TLP:GREEN", "amber": "TLP:AMBER", "amber+strict": "TLP:AMBER+STRICT", "red": "TLP:RED",
}

// readLabel reads the label of TLP that a marking-definition means, "" for none.
func (d *draft) readLabel() {
	var level struct{ TLP string }
	_ = json.Unmarshal(convert.Find(d.all, "definition"), &level)
	if level.TLP == "" {
		var extensions map[string]struct {
			Level string `json:"tlp_2_0"`
		}
		_ = json.Unmarshal(convert.Find(d.all, "extensions"), &extensions)
		for _, e := range extensions {
			level.TLP += e.Level
		}
	}
	if level.TLP == "" {
		name, _ := textOf(convert.Find(d.all, "name"))
		level.TLP, _ = strings.CutPrefix(strings.ToLower(name), "tlp:")
	}
	d.group.Name = levels[strings.ToLower(strings.TrimSpace(level.TLP))]
}

// label is the label of TLP that a marking is, "" for none.
func (c *Converter) label(marking int32) string {
	o := c.objects[marking]
	if label := tlp[o.id]; label != "" || o.content == nil {
		return label
	}
	return o.content.group.Name
}
