#pragma once
// One module for all of libcrypto that Assay uses. Macros that Swift does not import get a static
// inline wrapper here, named copenssl_*. Imported by PKI alone.
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static inline STACK_OF(X509) *copenssl_sk_X509_new(void) { return sk_X509_new_null(); }
static inline int copenssl_sk_X509_push(STACK_OF(X509) *stack, X509 *certificate) {
  return sk_X509_push(stack, certificate);
}
static inline int copenssl_sk_X509_num(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *copenssl_sk_X509_value(const STACK_OF(X509) *stack, int index) {
  return sk_X509_value(stack, index);
}
/// Frees the stack, not the certificates that it borrowed.
static inline void copenssl_sk_X509_free(STACK_OF(X509) *stack) { sk_X509_free(stack); }
/// Frees the stack and drops one reference of each certificate.
static inline void copenssl_sk_X509_pop_free(STACK_OF(X509) *stack) {
  sk_X509_pop_free(stack, X509_free);
}

static inline int copenssl_sk_ASN1_OBJECT_num(const STACK_OF(ASN1_OBJECT) *stack) {
  return sk_ASN1_OBJECT_num(stack);
}
static inline ASN1_OBJECT *copenssl_sk_ASN1_OBJECT_value(
    const STACK_OF(ASN1_OBJECT) *stack, int index) {
  return sk_ASN1_OBJECT_value(stack, index);
}

static inline int copenssl_sk_OPENSSL_STRING_num(const STACK_OF(OPENSSL_STRING) *stack) {
  return sk_OPENSSL_STRING_num(stack);
}
static inline const char *copenssl_sk_OPENSSL_STRING_value(
    const STACK_OF(OPENSSL_STRING) *stack, int index) {
  return sk_OPENSSL_STRING_value(stack, index);
}

/// RFC 4514 order and escapes, but UTF-8 left readable instead of hex-escaped.
static inline unsigned long copenssl_name_flags(void) {
  return XN_FLAG_RFC2253 & ~((unsigned long)ASN1_STRFLGS_ESC_MSB);
}

/// The hash and mask hash (NIDs) and the salt length that an id-RSASSA-PSS signature algorithm
/// names. 0 when the parameters are absent or malformed; RFC 4055 defaults are filled in.
static inline int copenssl_pss_parameters(
    const X509_ALGOR *algorithm, int *hash, int *mask_hash, long *salt_length) {
  const ASN1_OBJECT *object;
  const void *value;
  int type;
  X509_ALGOR_get0(&object, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return 0;
  const ASN1_STRING *encoded = (const ASN1_STRING *)value;
  RSA_PSS_PARAMS *pss = (RSA_PSS_PARAMS *)ASN1_item_unpack(
      encoded, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
  if (pss == NULL) return 0;
  int good = 1;
  *hash = pss->hashAlgorithm ? OBJ_obj2nid(pss->hashAlgorithm->algorithm) : NID_sha1;
  *mask_hash = NID_sha1;
  *salt_length = pss->saltLength ? ASN1_INTEGER_get(pss->saltLength) : 20;
  if (pss->maskGenAlgorithm != NULL) {
    X509_ALGOR_get0(&object, &type, &value, pss->maskGenAlgorithm);
    good = OBJ_obj2nid(object) == NID_mgf1 && type == V_ASN1_SEQUENCE;
    if (good) {
      X509_ALGOR *mask = (X509_ALGOR *)ASN1_item_unpack(
          (const ASN1_STRING *)value, ASN1_ITEM_rptr(X509_ALGOR));
      good = mask != NULL;
      if (good) *mask_hash = OBJ_obj2nid(mask->algorithm);
      X509_ALGOR_free(mask);
    }
  }
  RSA_PSS_PARAMS_free(pss);
  return good;
}

static inline int copenssl_sk_CMS_SignerInfo_num(const STACK_OF(CMS_SignerInfo) *stack) {
  return sk_CMS_SignerInfo_num(stack);
}
static inline CMS_SignerInfo *copenssl_sk_CMS_SignerInfo_value(
    const STACK_OF(CMS_SignerInfo) *stack, int index) {
  return sk_CMS_SignerInfo_value(stack, index);
}

/// The DER of a signed attribute's one value, or NULL: not there, not alone, or no SEQUENCE.
static inline const ASN1_STRING *copenssl_signed_sequence(const CMS_SignerInfo *signer, int nid) {
  int index = CMS_signed_get_attr_by_NID(signer, nid, -1);
  if (index < 0) return NULL;
  X509_ATTRIBUTE *attribute = CMS_signed_get_attr(signer, index);
  if (X509_ATTRIBUTE_count(attribute) != 1) return NULL;
  return (const ASN1_STRING *)X509_ATTRIBUTE_get0_data(attribute, 0, V_ASN1_SEQUENCE, NULL);
}

/// Whether the signer named this certificate in an ESS signing-certificate attribute (RFC 2634,
/// RFC 5035), as RFC 3161 section 2.4.2 asks of every token. 1 is yes.
static inline int copenssl_names_certificate(const CMS_SignerInfo *signer, X509 *certificate) {
  const ASN1_STRING *first =
      copenssl_signed_sequence(signer, NID_id_smime_aa_signingCertificate);
  const ASN1_STRING *second =
      copenssl_signed_sequence(signer, NID_id_smime_aa_signingCertificateV2);
  ESS_SIGNING_CERT *v1 = NULL;
  ESS_SIGNING_CERT_V2 *v2 = NULL;
  const unsigned char *cursor;
  if (first != NULL) {
    cursor = ASN1_STRING_get0_data(first);
    v1 = d2i_ESS_SIGNING_CERT(NULL, &cursor, ASN1_STRING_length(first));
  }
  if (second != NULL) {
    cursor = ASN1_STRING_get0_data(second);
    v2 = d2i_ESS_SIGNING_CERT_V2(NULL, &cursor, ASN1_STRING_length(second));
  }
  int good = 0;
  // The first certificate id is the signer's; a longer list would need the whole chain.
  STACK_OF(X509) *chain = sk_X509_new_null();
  if ((v1 != NULL || v2 != NULL) && chain != NULL && sk_X509_push(chain, certificate) > 0) {
    good = OSSL_ESS_check_signing_certs(v1, v2, chain, 1) == 1;
  }
  sk_X509_free(chain);
  ESS_SIGNING_CERT_free(v1);
  ESS_SIGNING_CERT_V2_free(v2);
  return good;
}
