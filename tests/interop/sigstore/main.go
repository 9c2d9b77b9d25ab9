// sigstore: what vexlog wrote, verified by sigstore-go.
//
//	sigstore bundle ROOT KEY BUNDLE...   whole bundles, signed with KEY
//	sigstore signer ROOT IDENTITY ISSUER FILE BUNDLE
//	                                     a whole bundle about FILE, with the
//	                                     certificate of IDENTITY by ISSUER
//	sigstore entry ROOT ORIGIN BUNDLE... the entry alone, of the log ORIGIN
//	sigstore bench ROOT ORIGIN BUNDLE N  nanoseconds an entry takes, the
//	                                     best of N batches, as bench.h does
//
// ROOT is a trusted_root.json, KEY the signer's public key as PEM.
package main

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	pb "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	v1 "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/tlog"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

// material is the trusted root and, under any hint, the signer's key.
func material(rootPath, keyPath string) (root.TrustedMaterial, error) {
	trusted, err := root.NewTrustedRootFromPath(rootPath)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(keyPath)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM: " + keyPath)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	verifier, err := signature.LoadVerifier(public, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	key := root.NewExpiringKey(verifier, time.Time{}, time.Time{})
	return root.TrustedMaterialCollection{trusted,
		root.NewTrustedPublicKeyMaterial(
			func(string) (root.TimeConstrainedVerifier, error) {
				return key, nil
			})}, nil
}

// asMessage is the same signature and entry over the envelope's PAE: in
// Rekor v1 sigstore-go binds hashedrekord entries to messages only.
func asMessage(b *bundle.Bundle) (*bundle.Bundle, []byte, error) {
	envelope := b.GetDsseEnvelope()
	pae := dsse.PAE(envelope.PayloadType, envelope.Payload)
	digest := sha256.Sum256(pae)
	b.Content = &pb.Bundle_MessageSignature{
		MessageSignature: &v1.MessageSignature{
			MessageDigest: &v1.HashOutput{
				Algorithm: v1.HashAlgorithm_SHA2_256,
				Digest:    digest[:]},
			Signature: envelope.Signatures[0].Sig}}
	message, err := bundle.NewBundle(b.Bundle)
	return message, digest[:], err
}

func subject(b *bundle.Bundle) ([]byte, error) {
	envelope, err := b.Envelope()
	if err != nil {
		return nil, err
	}
	statement, err := envelope.Statement()
	if err != nil {
		return nil, err
	}
	var digest []byte
	_, err = fmt.Sscanf(statement.Subject[0].Digest["sha256"], "%x", &digest)
	return digest, err
}

func verifyBundle(trusted root.TrustedMaterial, path string) error {
	b, err := bundle.LoadJSONFromPath(path)
	if err != nil {
		return err
	}
	digest, err := subject(b)
	if err != nil {
		return err
	}
	entries, err := b.TlogEntries()
	if err != nil {
		return err
	}
	if !entries[0].IsRekorV2() {
		if b, digest, err = asMessage(b); err != nil {
			return err
		}
	}
	verifier, err := verify.NewVerifier(trusted,
		verify.WithTransparencyLog(1), verify.WithNoObserverTimestamps())
	if err != nil {
		return err
	}
	_, err = verifier.Verify(b, verify.NewPolicy(
		verify.WithArtifactDigest("sha256", digest), verify.WithKey()))
	return err
}

// verifySigned asks all that `cosign verify-blob` asks of a certificate.
func verifySigned(trusted root.TrustedMaterial, identity, issuer, file, path string) error {
	b, err := bundle.LoadJSONFromPath(path)
	if err != nil {
		return err
	}
	artifact, err := os.Open(file)
	if err != nil {
		return err
	}
	defer artifact.Close()
	signer, err := verify.NewShortCertificateIdentity(issuer, "", identity, "")
	if err != nil {
		return err
	}
	verifier, err := verify.NewVerifier(trusted,
		verify.WithSignedCertificateTimestamps(1),
		verify.WithTransparencyLog(1), verify.WithObserverTimestamps(1))
	if err != nil {
		return err
	}
	_, err = verifier.Verify(b, verify.NewPolicy(
		verify.WithArtifact(artifact), verify.WithCertificateIdentity(signer)))
	return err
}

// entry is the part of sigstore-go that a log's own entries meet.
func entry(trusted *root.TrustedRoot, origin, path string) (func() error, error) {
	b, err := bundle.LoadJSONFromPath(path)
	if err != nil {
		return nil, err
	}
	entries, err := b.TlogEntries()
	if err != nil {
		return nil, err
	}
	e := entries[0]
	log, ok := trusted.RekorLogs()[fmt.Sprintf("%x", e.LogKeyID())]
	if !ok {
		return nil, errors.New("its log is not in the trusted root")
	}
	verifier, err := signature.LoadVerifier(log.PublicKey, log.SignatureHashFunc)
	if err != nil {
		return nil, err
	}
	v2 := e.IsRekorV2() && !strings.Contains(origin, " - ")
	return func() error {
		if v2 {
			return tlog.VerifyCheckpointAndInclusion(e, verifier, origin)
		}
		return tlog.VerifyInclusion(e, verifier)
	}, nil
}

func bench(check func() error, text string) error {
	const batch = 32
	n, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	best := time.Hour
	for range n {
		start := time.Now()
		for range batch {
			if err := check(); err != nil {
				return err
			}
		}
		best = min(best, time.Since(start))
	}
	fmt.Println(best.Nanoseconds() / batch)
	return nil
}

func each(paths []string, check func(path string) error) error {
	for _, path := range paths {
		if err := check(path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	fmt.Println(len(paths), "verified")
	return nil
}

func run(args []string) error {
	if len(args) < 4 {
		return errors.New("usage: sigstore bundle|signer|entry|bench ROOT …")
	}
	if args[0] == "bundle" {
		trusted, err := material(args[1], args[2])
		if err != nil {
			return err
		}
		return each(args[3:], func(path string) error {
			return verifyBundle(trusted, path)
		})
	}
	trusted, err := root.NewTrustedRootFromPath(args[1])
	if err != nil {
		return err
	}
	if args[0] == "signer" && len(args) == 6 {
		return verifySigned(trusted, args[2], args[3], args[4], args[5])
	}
	if args[0] == "bench" {
		check, err := entry(trusted, args[2], args[3])
		if err != nil {
			return err
		}
		return bench(check, args[4])
	}
	return each(args[3:], func(path string) error {
		check, err := entry(trusted, args[2], path)
		if err != nil {
			return err
		}
		return check()
	})
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
