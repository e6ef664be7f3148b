package tcsim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSmoke(t *testing.T) {
	s := New(Config{})
	do := func(method, target, body string) {
		r := httptest.NewRequest(method, target, strings.NewReader(body))
		r.Header.Set("Authorization", "TC-Token "+DemoToken)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		fmt.Println(method, target, w.Code, w.Body.String())
	}
	do("POST", "/api/v3/groups", `{"type":"Incident","name":"Bad Incident","eventDate":"2021-11-03","status":"New","xid":"a-1","tags":{"data":[{"name":"Targeted Attack"},{"techniqueId":"T1566"}]},"attributes":{"data":[{"type":"Description","value":"x","default":true}]},"securityLabels":{"data":[{"name":"TLP:AMBER"}]},"associatedGroups":{"data":[{"name":"Bad Guy","type":"Adversary"}]},"associatedIndicators":{"data":[{"type":"Host","hostName":"BadGuy.com"}]}}`)
	do("GET", "/api/v3/groups/a-1?fields=tags&fields=attributes,associatedGroups,associatedIndicators", "")
	do("POST", "/api/v3/groups", `{"type":"Incident","name":"Bad Incident","xid":"a-1"}`)
	do("PUT", "/api/v3/groups/1", `{"name":"New name","associatedGroups":{"data":[{"id":2}],"mode":"delete"}}`)
	do("GET", "/api/v3/groups?tql=summary+in+(%22new+name%22)+and+hasIndicator(summary%3D%22badguy.com%22)&count=true", "")
	do("GET", "/api/v3/indicators?tql=hasGroup(id=1)", "")
	do("DELETE", "/api/v3/groups/1", "")
	do("GET", "/api/v3/groups", "")
	do("GET", "/api/v3/security/owners", "")
	do("GET", "/api/v3/securityLabels?resultLimit=2", "")
	do("GET", "/api/v3/attributeTypes?resultLimit=1&fields=mapping", "")
	do("OPTIONS", "/api/v3/groups", "")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/_sim/stats", nil))
	fmt.Println(w.Body.String())
	_ = http.StatusOK
}
