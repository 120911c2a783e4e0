kubectl create ns team
kubectl create
kubectl create nope
kubectl create sa
kubectl create sa a b
kubectl create sa Bad_Name
kubectl create sa bob --dry-run=client
kubectl create sa bob --dry-run=server
kubectl create sa bob --dry-run
kubectl create sa bob --dry-run=nope
kubectl create sa bob -o name --dry-run=client
kubectl create sa bob -o yaml --dry-run=client
kubectl create sa bob -o json --dry-run=client
kubectl create sa bob -o wide --dry-run=client
kubectl create sa bob -o jsonpath='{.metadata.name}' --dry-run=client
kubectl create sa bob -n nope
kubectl create sa bob -n team
kubectl create sa bob
kubectl create sa bob
kubectl create serviceaccount eve --save-config -o yaml
kubectl create sa x --bogus
kubectl create ns
kubectl create ns Team
kubectl create ns team
kubectl create namespace a b
kubectl create namespace other --dry-run=client -o yaml
kubectl create cm c1 --from-literal=a
kubectl create cm c1 --from-literal=a=b --from-literal=a=c
kubectl create cm c1 --from-file=nope.txt
kubectl create cm c1 --from-literal=a=b --from-env-file=x
kubectl create cm c1 --from-literal=a=b=c
kubectl create cm c1 --from-literal=a=b
kubectl create cm c2 --from-literal='bad key=x'
kubectl create cm
printf 'hello' > f.txt; printf 'A=1\nB=2\n' > e.env; printf 'A\n=x\n' > bad.env
kubectl create cm c3 --from-file=f.txt -o yaml --dry-run=client
kubectl create cm c3 --from-file=key=f.txt -o yaml --dry-run=client
kubectl create cm c3 --from-file=a=b=f.txt
kubectl create cm c3 --from-file==f.txt
kubectl create cm c4 --from-env-file=e.env -o yaml --dry-run=client
kubectl create cm c4 --from-env-file=bad.env
# differs: the lab says that it is not simulated
kubectl create cm c5 --append-hash --from-literal=a=b -o name --dry-run=client
# differs: kubectl's own prose is not copied
kubectl create secret
kubectl create secret generic
kubectl create secret generic s1
kubectl create secret generic s1 --from-literal=a=b
kubectl create secret generic s2 --from-literal=a=b --type=kubernetes.io/tls
kubectl create secret generic s3 --from-literal=a=b --type=kubernetes.io/service-account-token
kubectl create secret generic s4 --from-literal=a=b -o yaml --dry-run=client
kubectl create secret docker-registry reg --docker-server=r.io --docker-username=u --docker-password=p -o yaml --dry-run=client
kubectl create secret docker-registry reg
# differs: the lab says that it is not simulated
kubectl create secret tls t
kubectl create secret nope x
kubectl create role
kubectl create role r1
kubectl create role r1 --verb=get
kubectl create role r1 --resource=pods
kubectl create role r1 --verb=nope --resource=pods
kubectl create role r1 --verb=get --resource=nope
kubectl create role r1 --verb=get,list,get --resource=pods,deployments.apps --resource-name=a -o yaml --dry-run=client
kubectl create role r1 --verb=get --resource=pods/log,pods/
kubectl create role r1 --verb=get --resource=pods --dry-run=client -o yaml
kubectl create role r1 --verb=get --resource=pods
kubectl create role r1 --verb=get --resource=pods
kubectl create clusterrole cr1 --verb=get
kubectl create clusterrole cr1 --verb=get --non-resource-url=healthz
kubectl create clusterrole cr1 --verb=get --non-resource-url=/healthz,/x/* -o yaml --dry-run=client
kubectl create clusterrole cr1 --aggregation-rule=a=b -o yaml --dry-run=client
kubectl create clusterrole cr1 --aggregation-rule=a=b --verb=get
kubectl create clusterrole cr1 --verb=get --resource=nodes
kubectl create rolebinding
kubectl create rolebinding rb1
kubectl create rolebinding rb1 --role=r1
kubectl create rolebinding rb1 --role=r1 --clusterrole=view --user=x
kubectl create rolebinding rb1 --role=r1 --serviceaccount=bob
kubectl create rolebinding rb1 --role=r1 --serviceaccount=default:bob --user=u --group=g -o yaml --dry-run=client
kubectl create rolebinding rb1 --clusterrole=view --serviceaccount=default:bob
kubectl create rolebinding rb1 --clusterrole=view --serviceaccount=default:bob
kubectl create clusterrolebinding crb1
kubectl create clusterrolebinding crb1 --clusterrole=view
kubectl create clusterrolebinding crb1 --clusterrole=nope --user=x
kubectl create clusterrolebinding crb2 --role=r1 --user=x
kubectl create token
kubectl create token nope
kubectl create token bob eve
kubectl create token bob --duration=1s
kubectl create token bob --duration=-1h
kubectl create token bob --duration=10m -o name
kubectl create token bob --audience=a --audience=b
kubectl create token bob --bound-object-kind=Pod
kubectl create token bob --bound-object-kind=Nope --bound-object-name=x
kubectl create token bob --bound-object-name=x
kubectl create token bob --bound-object-uid=x
kubectl create token bob --bound-object-kind=Secret --bound-object-name=nope
kubectl create token bob --bound-object-kind=Pod --bound-object-name=nope
kubectl create token bob -n team
kubectl create token serviceaccount/bob
kubectl create deployment
kubectl create deployment web
kubectl create deployment web --image=nginx --image=busybox -o yaml --dry-run=client
kubectl create deployment web --image=nginx --replicas=-1
kubectl create deployment web --image=nginx --port=80 --dry-run=client -o yaml
kubectl create deployment web --image=nginx --dry-run=client -o yaml -- sleep 1
kubectl create deployment web --image=nginx
kubectl create deploy Web --image=nginx
# differs: the lab says that it is not simulated
kubectl create job x --image=busybox
kubectl create -f
kubectl create -f nope.yaml
kubectl create -f .
kubectl create -f f.txt
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n  name: m1\n' > sa.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n  name: m1\nautomount: false\n' > typo.yaml
printf 'kind: Serviceaccount\napiVersion: v1\nmetadata:\n  name: m1\n' > kind.yaml
printf 'kind: ServiceAccount\napiVersion: v2\nmetadata:\n  name: m1\n' > version.yaml
printf 'kind: ServiceAccount\nmetadata:\n  name: m1\n' > noversion.yaml
printf 'apiVersion: v1\nmetadata:\n  name: m1\n' > nokind.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n  name: m1\n  labels: [a]\n' > types.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n  - name: m1\n' > list.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n\tname: m1\n' > tab.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n name: m1\n  x: y\n' > indent.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata: {}\n' > noname.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n  generateName: gen-\n' > gen.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n  name: m1\n  namespace: team\n' > team.yaml
printf 'kind: Pod\napiVersion: v1\nmetadata:\n  name: p1\nspec:\n  serviceAccountName: nope\n  containers:\n  - name: c\n    image: busybox\n' > podnosa.yaml
printf 'kind: Pod\napiVersion: v1\nmetadata:\n  name: p1\nspec:\n  containers:\n  - name: c\n' > podnoimage.yaml
printf 'kind: Pod\napiVersion: v1\nmetadata:\n  name: p1\nspec:\n  containers: []\n' > podempty.yaml
printf 'kind: Pod\napiVersion: v1\nmetadata:\n  name: p1\nspec:\n  serviceAccount: 5\n  containers:\n  - name: c\n    image: busybox\n' > podtype.yaml
printf 'kind: List\napiVersion: v1\nitems:\n- kind: ServiceAccount\n  apiVersion: v1\n  metadata:\n    name: l1\n- kind: ConfigMap\n  apiVersion: v1\n  metadata:\n    name: l2\n' > items.yaml
printf 'kind: ServiceAccount\napiVersion: v1\nmetadata:\n  name: d1\n---\n---\n# nothing\n---\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: d2\ndata:\n  a: 1\n' > docs.yaml
kubectl create -f typo.yaml
kubectl create -f typo.yaml --validate=warn --dry-run=server
kubectl create -f typo.yaml --validate=false --dry-run=server
kubectl create -f typo.yaml --validate=nope
kubectl create -f kind.yaml
kubectl create -f version.yaml
kubectl create -f noversion.yaml
kubectl create -f nokind.yaml
kubectl create -f types.yaml
kubectl create -f list.yaml
kubectl create -f tab.yaml
kubectl create -f indent.yaml
kubectl create -f noname.yaml
kubectl create -f gen.yaml
kubectl create -f team.yaml -n default
kubectl create -f podnosa.yaml
kubectl create -f podnoimage.yaml
kubectl create -f podempty.yaml
kubectl create -f podtype.yaml
kubectl create -f items.yaml
kubectl create -f docs.yaml
kubectl create -f sa.yaml -f team.yaml
kubectl create -f sa.yaml,team.yaml --dry-run=client
kubectl create -f sa.yaml
kubectl create -f sa.yaml -o yaml
kubectl create sa z -f sa.yaml
cat sa.yaml | kubectl create -f -
kubectl create -f - < /dev/null
# differs: the lab says that it is not simulated
kubectl create -k .
kubectl create -f sa.yaml --edit --bogus
# differs: the lab says that it is not simulated
kubectl create --raw /api/v1/namespaces/default/serviceaccounts -f sa.yaml
kubectl apply
kubectl apply -f
kubectl apply -f nope.yaml
kubectl apply -f sa.yaml
kubectl apply -f sa.yaml
kubectl apply -f sa.yaml --dry-run=client
kubectl apply -f sa.yaml --dry-run=server
kubectl apply -f sa.yaml -o yaml
kubectl apply -f team.yaml
kubectl apply -f gen.yaml
kubectl apply -f noname.yaml
kubectl apply -f typo.yaml
kubectl apply -f kind.yaml
kubectl apply -f podnosa.yaml
kubectl apply -f types.yaml
kubectl apply -f items.yaml
kubectl apply -f docs.yaml
kubectl apply -f sa.yaml -f docs.yaml -o name
kubectl apply sa bob
kubectl apply -f sa.yaml extra
# differs: the lab says that it is not simulated
kubectl apply -f sa.yaml --prune
kubectl apply -f sa.yaml --force --server-side=false
# differs: the lab says that it is not simulated
kubectl apply view-last-applied sa m1
# differs: the lab says that it is not simulated
kubectl apply view-last-applied sa bob
# differs: the lab says that it is not simulated
kubectl apply view-last-applied sa
# differs: the lab says that it is not simulated
kubectl apply set-last-applied -f sa.yaml
kubectl replace -f nope.yaml
kubectl replace
kubectl replace -f sa.yaml
kubectl replace -f gen.yaml
kubectl replace -f podnosa.yaml
kubectl replace --force -f sa.yaml
kubectl diff
kubectl diff -f sa.yaml
kubectl diff -f nope.yaml
kubectl label
kubectl label sa
kubectl label sa bob
kubectl label sa bob a=b
kubectl label sa bob a=b
kubectl label sa bob a=c
kubectl label sa bob a=c --overwrite
kubectl label sa bob a-
kubectl label sa bob a-
kubectl label sa bob 'bad key=x'
kubectl label sa bob a='bad value'
kubectl label sa nope a=b
kubectl label sa --all x=y
kubectl label sa bob eve z=1 q=2
kubectl label sa bob a=b a-
kubectl label sa bob x=y --dry-run=client
kubectl label sa bob b=1 -o yaml --dry-run=client
kubectl label sa bob b=1 --resource-version=1
kubectl label nope bob a=b
kubectl label sa/bob cm/c1 team=x
kubectl label -f sa.yaml l=m
kubectl annotate
kubectl annotate sa bob
kubectl annotate sa bob note='hello world'
kubectl annotate sa bob note=other
kubectl annotate sa bob note=other --overwrite
kubectl annotate sa bob note-
kubectl annotate sa bob note-
kubectl annotate sa bob --list
kubectl annotate sa nope a=b
kubectl annotate sa bob '=x'
kubectl patch
kubectl patch sa
kubectl patch sa bob
kubectl patch sa bob -p
kubectl patch sa bob -p '{'
kubectl patch sa bob -p '{"automountServiceAccountToken": false}'
kubectl patch sa bob -p '{"automountServiceAccountToken": false}'
kubectl patch sa bob -p '{"automountServiceAccountToken": "no"}'
kubectl patch sa bob -p '{"nope": 1}'
kubectl patch sa bob --type=merge -p '{"metadata":{"labels":{"m":"1"}}}'
kubectl patch sa bob --type=json -p '[{"op":"remove","path":"/metadata/labels/m"}]'
kubectl patch sa bob --type=json -p '[{"op":"remove","path":"/metadata/labels/m"}]'
kubectl patch sa bob --type=json -p '{"op":"remove"}'
kubectl patch sa bob --type=json -p '[{"op":"test","path":"/metadata/name","value":"eve"}]'
kubectl patch sa bob --type=nope -p '{}'
kubectl patch sa bob --type=strategic -p 'automountServiceAccountToken: true'
kubectl patch sa nope -p '{}'
kubectl patch sa bob -p '{"metadata":{"name":"x"}}'
kubectl patch sa bob -p '{"imagePullSecrets":[{"name":"a"}]}' -o yaml
# differs: the lab lets the server make the patch
kubectl patch sa bob -p '{"x":1}' --dry-run=client
kubectl patch sa bob --patch-file=nope.json
kubectl patch sa bob eve -p '{}'
kubectl patch -f sa.yaml -p '{"metadata":{"labels":{"q":"1"}}}'
kubectl patch sa bob --subresource=status -p '{}'
kubectl scale
kubectl scale deployment web
kubectl scale deployment web --replicas=2
kubectl scale deployment web --replicas=-1
kubectl scale deployment nope --replicas=1
kubectl scale deployment web --replicas=3 --current-replicas=9
kubectl scale sa bob --replicas=1
kubectl scale deploy/web --replicas=1 -o name
kubectl scale --replicas=1 deployment/web deployment/nope
# differs: kubectl's own prose is not copied
kubectl set
kubectl set sa deployment web
kubectl set sa deployment web bob
kubectl set sa deployment web bob
kubectl set serviceaccount deployment/web bob --dry-run=client -o name
kubectl set serviceaccount deployment nope bob
kubectl set sa pod nope bob
kubectl set sa web bob
kubectl set image deployment/web nginx=nginx:2
kubectl set image deployment/web nope=x
kubectl set image deployment/web
kubectl set nope x
# differs: kubectl's own prose is not copied
kubectl rollout
kubectl rollout status
kubectl rollout status deployment/web --timeout=30s
kubectl rollout status deployment nope
kubectl rollout status sa/bob
kubectl rollout status deployment/web --revision=99
kubectl rollout history deployment/web
kubectl rollout history deployment/web --revision=1
kubectl rollout history deployment/web --revision=99
kubectl rollout history deployment nope
kubectl rollout undo deployment/web --to-revision=99
kubectl rollout undo deployment/web
kubectl rollout restart deployment/web
kubectl rollout restart
kubectl rollout restart sa/bob
kubectl rollout pause deployment/web
kubectl rollout pause deployment/web
kubectl rollout restart deployment/web
kubectl rollout undo deployment/web
kubectl rollout resume deployment/web
kubectl rollout resume deployment/web
kubectl rollout nope
kubectl run
kubectl run x
kubectl run x --image
kubectl run x --image=
kubectl run X --image=busybox
kubectl run x --image=busybox --restart=Nope
kubectl run x --image=busybox --dry-run=client -o yaml --env=A=1 --port=80 --labels=a=b -- echo hi
kubectl run x --image=busybox --dry-run=client -o yaml --command -- echo hi
kubectl run x --image=busybox --env=A
kubectl run x --image=busybox --labels=a
kubectl run x --image=busybox --overrides='{'
kubectl run x --image=busybox --overrides='{"spec":{"serviceAccountName":"nope"}}'
kubectl run x --image='bad image'
kubectl run x --image=busybox --rm
kubectl run x --image=busybox --serviceaccount=bob
kubectl run x y --image=busybox
kubectl run x --image=busybox --restart=Never -- sh -c 'echo done'
kubectl run x --image=busybox
kubectl wait
kubectl wait pod/x
kubectl wait --for=nope pod/x
kubectl wait --for=condition=Ready pod/nope
kubectl wait --for=jsonpath='{.status.phase}'=Succeeded pod/x --timeout=30s
kubectl wait --for=delete pod/nope --timeout=5s
kubectl wait --for=condition=Ready pod/x --timeout=1s
kubectl wait --for=condition=Available deployment/web --timeout=30s
kubectl wait --for=jsonpath='{.nope}' pod/x --timeout=1s
kubectl wait --for=condition=Ready sa
kubectl delete
kubectl delete sa
kubectl delete nope x
kubectl delete sa nope
kubectl delete sa nope --ignore-not-found
kubectl delete sa bob --dry-run=client
kubectl delete sa bob --dry-run=server
kubectl delete sa bob --dry-run=client -o name
kubectl delete sa bob -o yaml
kubectl delete sa bob eve nope
kubectl delete sa/m1 cm/c1
kubectl delete sa,cm -l team=x
kubectl delete sa --all -n team
kubectl delete sa x --all
kubectl delete sa -l a=b x
kubectl delete -f sa.yaml
kubectl delete -f docs.yaml --ignore-not-found
kubectl delete -f nope.yaml
kubectl delete -f kind.yaml
kubectl delete pod x --now --grace-period=5
kubectl delete pod x --grace-period=0
kubectl delete pod x --force --wait=false
kubectl delete pod nope --now
kubectl delete deployment web --cascade=nope
kubectl delete deployment web --cascade=orphan
kubectl delete secret s1 -o name
kubectl delete secrets --field-selector=metadata.name=s2
kubectl delete ns team nope
kubectl delete ns team
kubectl delete ns default
kubectl delete node nope
kubectl delete --all sa
kubectl delete rolebinding rb1 -n nope
kubectl delete clusterrole cr1 view nope
kubectl edit
kubectl edit sa nope
# differs: the lab says that it is not simulated
kubectl attach
# differs: the lab says that it is not simulated
kubectl cp a b
# differs: the lab says that it is not simulated
kubectl top pods
# differs: kubectl's own prose is not copied
kubectl config
kubectl config view
kubectl config current-context
kubectl config get-contexts
kubectl config get-contexts nope
kubectl config get-contexts -o name
kubectl config get-clusters
kubectl config get-users
kubectl config use-context nope
kubectl config set-context
kubectl config set-context c1 --user=bob --cluster=kubernetes
kubectl config set-context c1 --namespace=team
kubectl config set-context --current --namespace=team
kubectl config set-context c1 --current
kubectl config set-credentials bob --token=abc
# differs: the lab says that it is not simulated
kubectl config set-credentials bob --token=x --username=y
kubectl config set-cluster c --server=https://x
kubectl config view --minify
kubectl config view -o jsonpath='{.contexts[*].name}'
kubectl config use-context c1
kubectl get pods
kubectl config use-context kubernetes-admin@kubernetes
kubectl config get-contexts
kubectl config delete-context nope
kubectl config delete-context c1
kubectl config delete-user bob
kubectl config delete-user bob
kubectl config delete-cluster c
kubectl config unset nope
kubectl config unset current-context
kubectl config current-context
kubectl config set current-context nope
kubectl get pods
kubectl config rename-context nope x
kubectl config nope
kubectl config set nope x
kubectl config set users.bob.token abc
kubectl config view -o jsonpath='{.users[*].name}'
kubectl config unset users.bob
kubectl config unset users.bob
kubectl config get-contexts -o wide
kubectl config view --raw -o jsonpath='{.current-context}'
kubectl config view --minify --context=nope
