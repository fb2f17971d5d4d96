package wechat

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// LoadCertificate reads the client certificate of the merchant portal, which
// Revoke has to show. certFile is either the PKCS#12 file (apiclient_cert.p12),
// opened with password, which is the mch_id unless somebody changed it; or a PEM
// file (apiclient_cert.pem), whose key is in keyFile, or in the same file when
// keyFile is empty. The key has to belong to the certificate and today has to
// fall into its validity. Every error has pos.KindCredentials.
func LoadCertificate(certFile, keyFile, password string) (*tls.Certificate, error) {
	raw, err := os.ReadFile(certFile)
	if err != nil {
		return nil, credentials("check wechat.cert_file", err)
	}
	load := fromPKCS12
	if bytes.Contains(raw, []byte("-----BEGIN ")) {
		load = func(raw []byte, _ string) (*tls.Certificate, error) { return fromPEM(raw, keyFile) }
	}
	cert, err := load(raw, password)
	if err != nil {
		return nil, err
	}
	return cert, valid(cert.Leaf, time.Now())
}

// fromPKCS12 opens the portal's container: one key, its certificate, perhaps the issuers.
func fromPKCS12(raw []byte, password string) (*tls.Certificate, error) {
	key, leaf, issuers, err := pkcs12.DecodeChain(raw, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, credentials("the password is the mch_id unless it was changed", errors.New("the password does not open the certificate file"))
	case err != nil:
		return nil, credentials("download apiclient_cert.p12 again from the merchant portal", fmt.Errorf("the certificate file is not readable: %w", err))
	}
	signer, ok := key.(crypto.Signer)
	if !ok || !belongs(signer, leaf) {
		return nil, credentials("download apiclient_cert.p12 again from the merchant portal", errors.New("the private key does not belong to the certificate"))
	}
	cert := &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	for _, issuer := range issuers {
		cert.Certificate = append(cert.Certificate, issuer.Raw)
	}
	return cert, nil
}

// belongs reports whether the private key is the one the certificate is for.
func belongs(key crypto.Signer, leaf *x509.Certificate) bool {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(leaf.PublicKey)
}

// fromPEM joins certificate and key; tls.X509KeyPair checks that they belong together.
func fromPEM(raw []byte, keyFile string) (*tls.Certificate, error) {
	key := raw
	if keyFile != "" {
		var err error
		if key, err = os.ReadFile(keyFile); err != nil {
			return nil, credentials("check wechat.cert_key_file", err)
		}
	}
	cert, err := tls.X509KeyPair(raw, key)
	if err != nil {
		return nil, credentials("cert_file and cert_key_file have to be apiclient_cert.pem and apiclient_key.pem of one download",
			fmt.Errorf("certificate and key: %w", err))
	}
	return &cert, nil
}

// valid refuses a certificate that is not valid at now.
func valid(leaf *x509.Certificate, now time.Time) error {
	switch {
	case now.After(leaf.NotAfter):
		return credentials("request a new one in the merchant portal",
			fmt.Errorf("the client certificate expired on %s", leaf.NotAfter.UTC().Format(time.DateOnly)))
	case now.Before(leaf.NotBefore):
		return credentials("check the clock of this machine",
			fmt.Errorf("the client certificate is valid only from %s", leaf.NotBefore.UTC().Format(time.DateOnly)))
	}
	return nil
}

// leafOf returns the certificate itself, parsed if nobody did so before.
func leafOf(cert *tls.Certificate) (*x509.Certificate, error) {
	if cert.Leaf != nil {
		return cert.Leaf, nil
	}
	if len(cert.Certificate) == 0 {
		return nil, credentials("set wechat.cert_file", errors.New("the client certificate is empty"))
	}
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		return nil, credentials("download the certificate again", fmt.Errorf("the client certificate is not readable: %w", err))
	}
	return leaf, nil
}
