kubectl create ns team
kubectl create sa bob
kubectl create sa eve -n team
kubectl create cm settings --from-literal=a=1 --from-literal=b=two
kubectl create secret generic keys --from-literal=user=admin --from-literal=pass=s3cret
kubectl create role reader --verb=get,list --resource=pods,pods/log
kubectl create rolebinding read --role=reader --serviceaccount=default:bob
kubectl create clusterrole all --verb=* --resource=*
kubectl create clusterrolebinding all --clusterrole=all --user=jane --group=ops
kubectl run box --image=busybox --labels=app=box,tier=x -- sleep 3600
kubectl create deployment web --image=nginx --replicas=2
# differs: how far it had come by then
kubectl rollout status deployment/web --timeout=30s
kubectl wait --for=condition=Ready pod/box --timeout=30s
kubectl get
kubectl get sa,cm
kubectl get sa bob eve
kubectl get sa/bob cm/settings
kubectl get sa bob cm
kubectl get all
kubectl get all -A
kubectl get pods -l app=box
kubectl get pods -l 'app in (box,nope)' --show-labels
kubectl get pods -l app!=box --no-headers | wc -l
kubectl get pods -L app,tier box
kubectl get pods --field-selector=metadata.name=box
kubectl get pods --field-selector=status.phase!=Running
kubectl get pods --field-selector=spec.foo=x
kubectl get pods -l 'a=b=c'
kubectl get pods -l '=,'
kubectl get sa -o name
kubectl get sa bob -o jsonpath='{.metadata.name}{"\n"}'
kubectl get sa -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.metadata.namespace}{"\n"}{end}'
kubectl get sa -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name
kubectl get sa bob -o custom-columns=NAME:.metadata.name,X:.nope
kubectl get sa bob -o custom-columns=
kubectl get sa bob -o go-template='{{.metadata.name}}{{"\n"}}'
kubectl get sa bob -o go-template='{{.metadata.nope}}'
kubectl get sa bob -o jsonpath='{.nope}'
kubectl get sa bob -o jsonpath='{.metadata'
kubectl get sa bob -o jsonpath
kubectl get sa -o wide
kubectl get sa --sort-by=.metadata.name
# differs: older clients leave the error out
kubectl get sa --sort-by=.nope
kubectl get ns --sort-by='{.metadata.name}' -o name
kubectl get pods -n nope
kubectl get pods -n team
kubectl get sa -A
kubectl get ns team -o yaml
kubectl get cm settings -o yaml
kubectl get secret keys -o json
kubectl get secrets
kubectl get roles,rolebindings
kubectl get clusterrolebinding all -o wide
kubectl get rolebinding read -o wide
kubectl get po
kubectl get pod/box -o name
kubectl get pods box nope
kubectl get pods nope --ignore-not-found
kubectl get pods nope
kubectl get nope
kubectl get nope/x
kubectl get pods/
kubectl get /box
kubectl get pods/box/x
kubectl get pods.v1 box -o name
kubectl get deployments.apps -o name
kubectl get deploy.v1.apps
kubectl get deployment web -o jsonpath='{.spec.replicas}'
kubectl get svc
kubectl get nodes -o name
kubectl get events --field-selector involvedObject.name=box -o name | wc -l
kubectl get cs
kubectl get pvc
kubectl get ds,sts
kubectl get pods --watch-only=false -o name box
kubectl get pods -A --no-headers -o custom-columns=N:.metadata.name | grep box
kubectl get pod box -o yaml --show-managed-fields=false | head -5
kubectl get -f nope.yaml
kubectl get --raw /api/v1/namespaces/team
kubectl get --raw /nope
kubectl get --raw=/api/v1/namespaces/nope
kubectl get --raw /healthz
kubectl get pods --all-namespaces box
kubectl get sa bob -n team
kubectl get sa bob -A
kubectl get sa --chunk-size=1
kubectl get pods --bogus
kubectl get pods -o bogus
kubectl get pods -Z
kubectl get pods --output
kubectl get pods --sort-by
kubectl get pods --no-headers=maybe
kubectl get sa -l
kubectl -n team get sa
kubectl --namespace=team get sa eve -o name
kubectl get serviceaccounts.nope
kubectl get serviceaccount
kubectl get ServiceAccount bob
kubectl get SA bob
kubectl get pods,sa bob
kubectl get pod box -o=jsonpath='{.spec.serviceAccountName} {.spec.containers[0].image}'
kubectl get pod box -o jsonpath="{.spec.containers[?(@.name=='box')].args}"
kubectl get pod box -o jsonpath='{.spec.containers[*].name}'
kubectl get pod box -o jsonpath-as-json='{.spec.containers[*].name}'
kubectl get pod box -o template --template='{{len .spec.containers}}'
kubectl get pod box -o template
kubectl get sa,pods -o name --sort-by=.metadata.name
kubectl describe
kubectl describe sa bob
kubectl describe sa nope
kubectl describe nope
# Of several keys the order is any: it is that of a Go map.
kubectl describe cm settings | sort
kubectl create cm single --from-literal=a=1
kubectl describe cm single
kubectl describe role reader
kubectl describe rolebinding read
kubectl describe clusterrole all
kubectl describe clusterrolebinding all
kubectl describe ns team
# differs: older clients describe the events of each of several accounts
kubectl describe sa b
kubectl describe pods -l app=nope
kubectl describe pods -n team
kubectl describe deployment web
kubectl describe pod box
# differs: the lab says that endpoints are not simulated
kubectl describe svc kubernetes
kubectl describe -f nope.yaml
kubectl describe sa bob --show-events=false
kubectl logs
kubectl logs box
kubectl logs nope
kubectl logs box -c nope
kubectl logs box --tail=-2
kubectl logs box --since=-1s
kubectl logs deploy/web
kubectl logs box box box
kubectl logs -l app=nope
kubectl exec
kubectl exec box
kubectl exec box ls
kubectl exec nope -- ls
kubectl exec box -- echo hi
kubectl exec box -- sh -c 'echo a; echo b >&2; exit 4'
kubectl exec deploy/web -- echo hi
kubectl exec -- ls
kubectl exec sa/bob -- ls
kubectl exec box -n team -- ls
kubectl exec -i box -- cat
kubectl api-resources --api-group=rbac.authorization.k8s.io
kubectl api-resources --namespaced=false -o name --api-group=''
kubectl api-resources --verbs=create --api-group=authentication.k8s.io -o wide
kubectl api-resources -o bogus
kubectl api-resources extra
kubectl api-versions extra
kubectl cluster-info extra
kubectl explain
kubectl explain nope
kubectl explain sa.nope
kubectl explain sa bob
kubectl version extra
kubectl version -o bogus
kubectl nope
kubectl get-pods
kubectl gett pods
kubectl --bogus get pods
kubectl --context=nope get pods
kubectl --kubeconfig=nope get pods
kubectl --user=nope get pods
kubectl --cluster=nope get pods
kubectl --token=abc auth whoami
# differs: kubectl's own prose is not copied
kubectl auth
kubectl auth whoami
kubectl auth whoami -o name
kubectl auth whoami -o jsonpath='{.status.userInfo.username}'
kubectl auth whoami extra
kubectl auth can-i
kubectl auth can-i get
kubectl auth can-i get pods
kubectl auth can-i get pods --as=bob
kubectl auth can-i get pods --as=system:serviceaccount:default:bob
kubectl auth can-i get pods/log --as=system:serviceaccount:default:bob
kubectl auth can-i get pods --subresource=log --as=system:serviceaccount:default:bob
kubectl auth can-i delete pods box --as=system:serviceaccount:default:bob
kubectl auth can-i delete pods/box --as=system:serviceaccount:default:bob -q
kubectl auth can-i get nope
kubectl auth can-i nope pods
kubectl auth can-i get pods -A --as=system:serviceaccount:default:bob
kubectl auth can-i get /healthz --as=bob
kubectl auth can-i get nodes -n team
kubectl auth can-i '*' '*'
kubectl auth can-i --list --as=system:serviceaccount:default:bob
kubectl auth can-i --list get
kubectl auth can-i --list --namespace=team --as=bob --no-headers
kubectl auth can-i get pods -v
kubectl auth can-i get pods extra more
kubectl get pods --as=bob
kubectl get sa --as=bob
kubectl get sa --as=system:serviceaccount:default:bob
kubectl get pods box -o name --as=system:serviceaccount:default:bob
kubectl get pods --as-group=x
kubectl describe sa bob --as=bob
kubectl get nodes --as=bob
kubectl get ns --as=bob
