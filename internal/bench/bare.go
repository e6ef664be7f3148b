package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gopkg.in/yaml.v3"
)

// The bare counterparts. They do what cannot be left out, and nothing else: no check,
// no comparison, no journal, no report.

// workers is how many requests apply, and the bare loop of its writes, have under
// way.
const workers = 16

// parseYAML FILE parses a manifest into nodes.
func parseYAML(args []string) error {
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var root yaml.Node
	return yaml.Unmarshal(text, &root)
}

// parseCSV FILE reads a manifest into records.
func parseCSV(args []string) error {
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = csv.NewReader(f).ReadAll()
	return err
}

// replay FILE writes|reads sends what was recorded, to the instance of the
// environment: writes 16 at a time, pages one after the other. Answers are read and
// thrown away.
func replay(args []string) error {
	all, reads, err := readRecord(args[0])
	if err != nil {
		return err
	}
	inFlight := workers
	if args[1] == "reads" {
		all, inFlight = reads, 1
	}
	base := strings.TrimSuffix(os.Getenv("TC_API_PATH"), "/api")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}}
	var next atomic.Int64
	var wg sync.WaitGroup
	failed := make(chan error, inFlight)
	for range inFlight {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
				if err := send(client, base, all[i]); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(failed)
	return <-failed
}

// send sends a request until it is accepted. The loop knows nothing of order: one that
// names a group which another worker is just creating is refused, and sent again.
func send(client *http.Client, base string, r recorded) (err error) {
	for range 100 {
		var status int
		if status, err = sendOnce(client, base, r); err != nil || status < 300 {
			return err
		}
		err = fmt.Errorf("%s %s: status %d", r.method, r.target, status)
		time.Sleep(time.Millisecond)
	}
	return err
}

func sendOnce(client *http.Client, base string, r recorded) (int, error) {
	req, err := http.NewRequest(r.method, base+r.target, bytes.NewReader(r.body))
	if err != nil {
		return 0, err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(os.Getenv("TC_API_SECRET_KEY")))
	io.WriteString(mac, r.target+":"+r.method+":"+stamp)
	req.Header.Set("Timestamp", stamp)
	req.Header.Set("Authorization", "TC "+os.Getenv("TC_API_ACCESS_ID")+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	if len(r.body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
