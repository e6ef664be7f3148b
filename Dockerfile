# The image of tcimport, such as samples/cron/cronjob.yaml runs it:
#   docker build -t tcimport:latest .
# It has the program and the certificates of public authorities, and nothing else: no
# shell, no root. /data is the folder to work in.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/tcimport ./cmd/tcimport && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/tcimport /usr/local/bin/tcimport
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
# Locks lie in the state folder, reports and journals in the working folder.
ENV HOME=/data PATH=/usr/local/bin
ENTRYPOINT ["/usr/local/bin/tcimport"]
