package tcsim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// v2Handlers are the few calls of the v2 API that v3 clients still make.
var v2Handlers = map[string]handler{
	"whoami": (*call).whoami, "owners": (*call).ownersV2, "owners/mine": (*call).ownersMine, "types/indicatorTypes": (*call).indicatorTypesV2,
}

// v2Answer is {"status":"Success","data":{...}}, the envelope of v2.
func v2Answer(data map[string]any) *answer {
	return jsonAnswer(map[string]any{"status": "Success", "data": data})
}

func jsonAnswer(v any) *answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(statusError(http.StatusInternalServerError, "%v", err))
	}
	return &answer{status: http.StatusOK, body: body}
}

func (c *call) whoami() *answer {
	return v2Answer(map[string]any{"user": map[string]any{
		"userName": c.user.UserName, "firstName": c.user.FirstName, "lastName": c.user.LastName,
		"pseudonym": c.user.Pseudonym, "role": c.user.SystemRole,
	}})
}

func (c *call) ownersV2() *answer {
	seen := slices.DeleteFunc(slices.Clone(c.st.owners), func(o *Owner) bool { return c.user.roleIn(o) == "" })
	return v2Answer(map[string]any{"resultCount": len(seen), "owner": seen})
}

func (c *call) ownersMine() *answer {
	return v2Answer(map[string]any{"owner": c.organization()})
}

// indicatorTypesV2 lists the types with the labels of their values. v2 writes
// booleans as strings.
func (c *call) indicatorTypesV2() *answer {
	var types []map[string]string
	for _, it := range c.st.types.indicatorTypes {
		t := map[string]string{"name": it.Name, "custom": strconv.FormatBool(it.custom), "parsable": "true", "apiBranch": it.APIBranch, "apiEntity": it.APIEntity}
		if it.custom && it.CasePreference != "" {
			t["casePreference"] = it.CasePreference
		}
		for i, label := range it.Labels {
			if n := "value" + strconv.Itoa(i+1); it.custom {
				t[n+"Label"], t[n+"Type"] = label, "text"
				if label == "Value Type" {
					t[n+"Type"] = "selectone"
				}
			}
		}
		types = append(types, t)
	}
	return v2Answer(map[string]any{"resultCount": len(types), "indicatorType": types})
}
