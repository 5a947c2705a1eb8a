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
