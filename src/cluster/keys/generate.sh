#!/bin/sh
# Makes the keys and certificates of the simulated cluster with OpenSSL. Run once; the output is checked in.
# All of it is public and for simulation only. A key for tokens that is there already stays.
set -e
work=$(mktemp -d)
warning="Public, for simulation only: the whole world has this key."
[ -f service-account.key ] || {
    echo "$warning A token it signs proves nothing."
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048
} > service-account.key
openssl pkey -in service-account.key -pubout > service-account.pub

: > "$work/index"
cat > "$work/config" <<EOF
[ca]
default_ca = ca
[ca]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
default_startdate = 20200101000000Z
default_enddate = 99991231235959Z
unique_subject = no
policy = any
[any]
organizationName = optional
commonName = supplied
[kubernetes]
basicConstraints = critical,CA:TRUE
keyUsage = critical,digitalSignature,keyEncipherment,keyCertSign
subjectKeyIdentifier = hash
subjectAltName = DNS:kubernetes
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
subjectAltName = DNS:kube-apiserver,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:10.96.0.1,IP:172.30.1.2
EOF

# name, subject, section, more flags
certificate() {
    openssl ecparam -name prime256v1 -genkey -noout -out "$work/$1.key"
    openssl req -new -config /dev/null -key "$work/$1.key" -subj "$2" -out "$work/$1.csr"
    openssl ca -batch -notext -config "$work/config" -extensions "$3" $4 -in "$work/$1.csr" -out "$1.crt"
}
certificate ca /CN=kubernetes kubernetes "-selfsign -keyfile $work/ca.key"
signed="-cert ca.crt -keyfile $work/ca.key"
certificate admin /O=system:masters/CN=kubernetes-admin client "$signed"
certificate kube-scheduler /CN=system:kube-scheduler client "$signed"
certificate kube-controller-manager /CN=system:kube-controller-manager client "$signed"
certificate node01 /O=system:nodes/CN=system:node:node01 client "$signed"
certificate apiserver /CN=kube-apiserver server "$signed"
# The administrator's key goes into the kubeconfig, the authority's signs what `salab serve` shows; nothing needs the
# others.
cp "$work/admin.key" admin.key
{ echo "$warning A certificate it signs proves nothing."; openssl pkcs8 -topk8 -nocrypt -in "$work/ca.key"; } > ca.key
rm -r "$work"
