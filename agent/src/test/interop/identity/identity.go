// Package identity makes the TLS settings of both sides from PEM files.
package identity

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"os"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Files names the PEM files of one side. Without any the connection is plain text.
type Files struct {
	CA, Certificate, Key string
}

// Flags adds -ca, -cert and -key to the command line.
func (f *Files) Flags() {
	flag.StringVar(&f.CA, "ca", "", "PEM file of the authority to trust; plain text without it")
	flag.StringVar(&f.Certificate, "cert", "", "PEM file of the own certificate")
	flag.StringVar(&f.Key, "key", "", "PEM file of its key")
}

// Client gives the credentials of a client. Without a certificate it shows none.
func (f Files) Client(serverName string) (credentials.TransportCredentials, error) {
	if f.CA == "" {
		return insecure.NewCredentials(), nil
	}
	authorities, err := f.authorities()
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities, ServerName: serverName}
	if f.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return credentials.NewTLS(config), nil
}

// Server gives the credentials of a server that demands a certificate of its clients.
func (f Files) Server() (credentials.TransportCredentials, error) {
	if f.CA == "" {
		return insecure.NewCredentials(), nil
	}
	authorities, err := f.authorities()
	if err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		return nil, err
	}
	return credentials.NewTLS(&tls.Config{
		MinVersion:   tls.VersionTLS12,
		ClientCAs:    authorities,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		Certificates: []tls.Certificate{pair},
	}), nil
}

func (f Files) authorities() (*x509.CertPool, error) {
	pem, err := os.ReadFile(f.CA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", f.CA)
	}
	return pool, nil
}
