package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
)

// record FILE is a proxy in front of the instance of the environment. It writes each
// request to FILE, a line each, until it is killed.
func record(args []string) error {
	api := os.Getenv("TC_API_PATH")
	instance, err := url.Parse(api)
	if err != nil {
		return err
	}
	file, err := os.Create(args[0])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("TC_API_PATH=http://%s/api\nTC_API_ACCESS_ID=%s\nTC_API_SECRET_KEY=%s\nTC_TOKEN=\n", l.Addr(), os.Getenv("TC_API_ACCESS_ID"), os.Getenv("TC_API_SECRET_KEY"))
	var mu sync.Mutex
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{MaxIdleConnsPerHost: workers},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = instance.Scheme, instance.Host
			r.Out.Host = r.In.Host // links of answers lead here, too
		},
	}
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		mu.Lock()
		_, err = fmt.Fprintf(file, "%s %s %s\n", r.Method, r.RequestURI, body)
		mu.Unlock()
		if err != nil {
			panic(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}))
}

// recorded is a request that a client has sent.
type recorded struct {
	method, target string
	body           []byte
}

// readRecord reads what a recorder has written: the writes, and the reads after the
// last write.
func readRecord(file string) (writes, reads []recorded, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		part := bytes.SplitN(lines.Bytes(), []byte(" "), 3)
		r := recorded{string(part[0]), string(part[1]), bytes.Clone(part[2])}
		if r.method == http.MethodGet {
			reads = append(reads, r)
		} else {
			writes, reads = append(writes, r), nil
		}
	}
	return writes, reads, lines.Err()
}
