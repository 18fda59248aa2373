//! Public keys that tokens are verified with, written as JWK objects (RFC 7517, RFC 7518).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::json::Object;

/// A signature algorithm of tokens. There is none with a shared secret and no `none`: a key that is public must never
/// be taken for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA PKCS #1 v1.5 with SHA-256.
    Rs256,
    /// RSA PKCS #1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS #1 v1.5 with SHA-512.
    Rs512,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// ECDSA over P-384 with SHA-384.
    Es384,
    /// ECDSA over P-521 with SHA-512.
    Es512,
}

/// How to verify, by kind of key.
enum Kind {
    Rsa(&'static RsaParameters),
    /// With the name of the curve and the bytes of one coordinate.
    Curve(&'static EcdsaVerificationAlgorithm, &'static str, usize),
}

impl Algorithm {
    /// All of them by their name in `alg`.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("RS256", Self::Rs256),
        ("RS384", Self::Rs384),
        ("RS512", Self::Rs512),
        ("ES256", Self::Es256),
        ("ES384", Self::Es384),
        ("ES512", Self::Es512),
    ];

    /// Its name in `alg`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Rs256 => Kind::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            Self::Rs384 => Kind::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            Self::Rs512 => Kind::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            Self::Es256 => Kind::Curve(&ECDSA_P256_SHA256_FIXED, "P-256", 32),
            Self::Es384 => Kind::Curve(&ECDSA_P384_SHA384_FIXED, "P-384", 48),
            Self::Es512 => Kind::Curve(&ECDSA_P521_SHA512_FIXED, "P-521", 66),
        }
    }
}

/// A public key for one algorithm, ready for use: parsed once, not for each token.
#[derive(Debug)]
pub struct PublicKey {
    algorithm: Algorithm,
    id: Option<Box<str>>,
    key: ParsedPublicKey,
}

impl PublicKey {
    /// Reads a JWK object that is to be used with `algorithm`.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn from_jwk(text: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let is_pem = text.trim_start().starts_with("-----BEGIN");
        let object = Object::read(text.as_bytes()).ok_or(if is_pem { KeyError::Pem } else { KeyError::NoObject })?;
        if object.get("keys").is_some() {
            return Err(KeyError::Set);
        }
        if object.repeats() {
            return Err(KeyError::Repeated);
        }
        if object.get("d").is_some() {
            return Err(KeyError::Private);
        }
        let differs = |name, wanted| object.get(name).is_some_and(|value| value.as_str() != Some(wanted));
        if differs("alg", algorithm.name()) {
            return Err(KeyError::OtherAlgorithm(algorithm.name()));
        }
        if differs("use", "sig") {
            return Err(KeyError::NotForSignatures);
        }
        let number = |name| {
            let text = object.text(name).ok_or(KeyError::Missing(name))?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyError::Encoding(name))
        };
        let is = |kind| if object.text("kty") == Some(kind) { Ok(()) } else { Err(KeyError::OtherKind(kind)) };
        let key = match algorithm.kind() {
            Kind::Rsa(parameters) => {
                is("RSA")?;
                let key = RsaPublicKeyComponents { n: number("n")?, e: number("e")? };
                // Building a key does not look at its numbers; verifying would refuse every token without saying why,
                // or, with the exponent 1, none.
                let is_odd =
                    |number: &[u8]| number.first() != Some(&0) && number.last().is_some_and(|last| last % 2 == 1);
                let exponent_fits = is_odd(&key.e) && key.e.len() <= 4 && key.e != [1];
                if !(256..=1024).contains(&key.n.len()) || !is_odd(&key.n) || !exponent_fits {
                    return Err(KeyError::Rejected);
                }
                key.to_parsed_public_key(parameters).map_err(|_| KeyError::Rejected)?
            }
            Kind::Curve(parameters, curve, length) => {
                is("EC")?;
                if object.text("crv") != Some(curve) {
                    return Err(KeyError::OtherCurve(curve));
                }
                let (x, y) = (number("x")?, number("y")?);
                if x.len() != length || y.len() != length {
                    return Err(KeyError::Rejected);
                }
                let point = [&[4], &*x, &*y].concat();
                ParsedPublicKey::new(parameters, point).map_err(|_| KeyError::Rejected)?
            }
        };
        Ok(Self { algorithm, id: object.text("kid").map(Into::into), key })
    }

    /// The algorithm that it is used with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its `kid`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// True if `signature` is this key's, over `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

/// Why a public key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// PEM.
    #[error("it is PEM, and a JWK object is wanted")]
    Pem,
    /// No JSON object.
    #[error("it is no JSON object")]
    NoObject,
    /// A set of keys.
    #[error("it is a set of keys; take one entry of `keys`")]
    Set,
    /// A member stands twice.
    #[error("a member stands in it twice")]
    Repeated,
    /// The private half.
    #[error("it holds the private half of the key")]
    Private,
    /// `kty` is not this.
    #[error("its `kty` is not `{0}`")]
    OtherKind(&'static str),
    /// `crv` is not this.
    #[error("its `crv` is not `{0}`")]
    OtherCurve(&'static str),
    /// `alg` is not this.
    #[error("its `alg` is not `{0}`")]
    OtherAlgorithm(&'static str),
    /// `use` is not `sig`.
    #[error("its `use` is not `sig`")]
    NotForSignatures,
    /// This member is missing, or no text.
    #[error("it has no text `{0}`")]
    Missing(&'static str),
    /// This member is not base64url.
    #[error("its `{0}` is not base64url without padding")]
    Encoding(&'static str),
    /// The numbers make no key of a size that is used, or no point on the curve.
    #[error("its numbers make no key of 2048 to 8192 bits, or no point on the curve")]
    Rejected,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 7515, appendix A.2.
    const N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    /// Of RFC 7515, appendix A.3.
    const EC: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    fn rsa(more: &str) -> String {
        format!(r#"{{"kty":"RSA","e":"AQAB","n":"{N}"{more}}}"#)
    }

    fn read(text: &str) -> Result<(), KeyError> {
        PublicKey::from_jwk(text, Algorithm::Rs256).map(drop)
    }

    #[test]
    fn keys_are_read() {
        assert_eq!(read(&rsa("")), Ok(()));
        let key = PublicKey::from_jwk(&rsa(r#","alg":"RS256","use":"sig","kid":"a""#), Algorithm::Rs256).unwrap();
        assert_eq!((key.id(), key.algorithm()), (Some("a"), Algorithm::Rs256));
        assert!(PublicKey::from_jwk(EC, Algorithm::Es256).is_ok());
        for (name, algorithm) in Algorithm::NAMES {
            assert_eq!(algorithm.name(), *name);
        }
    }

    #[test]
    fn what_is_no_usable_key_is_told_why() {
        let short = rsa("").replace(N, N.get(..172).unwrap());
        let even = rsa("").replace("AQAB", "AQAC");
        let off_curve = EC.replace("x_F", "x_G");
        for (text, expected) in [
            ("-----BEGIN PUBLIC KEY-----\n", KeyError::Pem),
            ("", KeyError::NoObject),
            ("[1]", KeyError::NoObject),
            (&format!(r#"{{"keys":[{}]}}"#, rsa("")), KeyError::Set),
            (&rsa(r#","kty":"RSA""#), KeyError::Repeated),
            (&rsa(r#","d":"AQAB""#), KeyError::Private),
            (&rsa(r#","alg":"HS256""#), KeyError::OtherAlgorithm("RS256")),
            (&rsa(r#","use":"enc""#), KeyError::NotForSignatures),
            (EC, KeyError::OtherKind("RSA")),
            (r#"{"kty":"RSA","n":5,"e":"AQAB"}"#, KeyError::Missing("n")),
            (&rsa("").replace("AQAB", "AQAB="), KeyError::Encoding("e")),
            (&short, KeyError::Rejected),
            (&even, KeyError::Rejected),
            (&rsa("").replace("AQAB", "AQ"), KeyError::Rejected),
            (&rsa("").replace("AQAB", ""), KeyError::Rejected),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
        assert_eq!(PublicKey::from_jwk(&off_curve, Algorithm::Es256).map(drop), Err(KeyError::Rejected));
        assert_eq!(PublicKey::from_jwk(EC, Algorithm::Es384).map(drop), Err(KeyError::OtherCurve("P-384")));
    }
}
