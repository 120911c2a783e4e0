kubectl get serviceaccount default -o yaml | grep -c kind
kubectl get sa default -o=yaml | head -3
kubectl create serviceaccount my-sa
kubectl create sa my-sa --namespace default
kubectl -n default create token my-sa --duration 15m | wc -l
kubectl create token my-sa --duration=15
kubectl create token my-sa --duration=0
kubectl create token my-sa --duration=999999h
kubectl create token my-sa -d 15m
kubectl token create my-sa
kubectl create tokens my-sa
kubectl create serviceaccounts x
kubectl create service-account x
kubectl get service-accounts
kubectl get serviceacounts
kubectl get sa my_sa
kubectl describe serviceaccount/my-sa
# differs: older clients describe the events of each of several accounts
kubectl describe sa/my-sa sa/default
# differs: older clients describe the events of each of several accounts
kubectl describe sa my-sa default
kubectl delete serviceaccount my-sa --namespace=kube-system
kubectl run my-pod --image=busybox --serviceaccount=my-sa -- sleep 3600
kubectl run my-pod --image=busybox --overrides='{"spec":{"serviceAccountName":"my-sa"}}' -- sleep 3600
kubectl wait --for=condition=ready pod/my-pod --timeout=30s
kubectl get pod my-pod -o jsonpath='{.spec.serviceAccountName}{"\n"}'
kubectl get pod my-pod -o yaml | grep serviceAccount
kubectl get pod my-pod -o jsonpath='{.spec.volumes[0].projected.sources[*]}{"\n"}'
kubectl get pods my-pod -o jsonpath='{.spec.containers[0].volumeMounts[0].mountPath}'
kubectl exec my-pod ls /var/run/secrets/kubernetes.io/serviceaccount
kubectl exec my-pod -- ls /var/run/secrets/kubernetes.io/serviceaccount
kubectl exec my-pod -- cat /var/run/secrets/kubernetes.io/serviceaccount/namespace
kubectl exec my-pod -- cat /nope
kubectl exec my-pod -- ls -l /var/run/secrets/kubernetes.io/serviceaccount/ | wc -l
kubectl exec my-pod -c my-pod -- id
# differs: older clients ask the server for a container that the pod does not have
kubectl exec my-pod -c x -- id 2>&1 | head -1
kubectl patch pod my-pod -p '{"spec":{"serviceAccountName":"default"}}'
kubectl patch pod my-pod -p '{"spec":{"automountServiceAccountToken":false}}'
kubectl set serviceaccount pod/my-pod default
kubectl label pod my-pod app=x
kubectl annotate pod my-pod a=b
kubectl get pod my-pod --show-labels --no-headers | wc -l
kubectl delete pod my-pod --grace-period=0 --force
kubectl get pod my-pod
kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods
kubectl create rolebinding rb --role=pod-reader --serviceaccount=default:my-sa
kubectl create rolebinding rb2 --role=pod-reader --serviceaccount=my-sa
kubectl create rolebinding rb3 --clusterrole=view --serviceaccount=default:my-sa --namespace=default -o yaml --dry-run=client
kubectl auth can-i list pods --as=system:serviceaccount:default:my-sa
kubectl auth can-i list pods --as=system:serviceaccount:default:my-sa -n kube-system
kubectl auth can-i create pods --as=system:serviceaccount:default:my-sa
kubectl auth can-i list secrets --as system:serviceaccount:default:my-sa
kubectl auth can-i list pod --as=my-sa
kubectl auth can-i list pods --as=system:serviceaccount:my-sa
kubectl auth whoami --as=system:serviceaccount:default:my-sa
kubectl auth whoami --as=system:serviceaccount:default:my-sa -o yaml
kubectl get pods --as=system:serviceaccount:default:my-sa
kubectl get secrets --as=system:serviceaccount:default:my-sa
kubectl delete pod x --as=system:serviceaccount:default:my-sa
kubectl create sa y --as=system:serviceaccount:default:my-sa
kubectl get role pod-reader -o yaml
kubectl get role pod-reader -o jsonpath='{.rules[0].verbs}'
kubectl get rolebindings -o custom-columns='NAME:.metadata.name,ROLE:.roleRef.name,SUBJECT:.subjects[*].name'
kubectl get clusterroles | wc -l
kubectl get clusterrole view -o jsonpath='{.aggregationRule}'
kubectl describe clusterrole system:service-account-issuer-discovery
kubectl get clusterrolebindings -o name | grep service-account-issuer
printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: my-sa-token\n  annotations:\n    kubernetes.io/service-account.name: my-sa\ntype: kubernetes.io/service-account-token\n' > secret.yaml
kubectl apply -f secret.yaml
kubectl apply -f secret.yaml
kubectl get secret my-sa-token
kubectl get secret my-sa-token -o jsonpath='{.data.namespace}' | base64 -d
kubectl get secret my-sa-token -o jsonpath='{.data.token}' | base64 -d | cut -d. -f1 | wc -l
kubectl get secret my-sa-token -o go-template='{{.data.namespace | base64decode}}{{"\n"}}'
kubectl get secret my-sa-token -o jsonpath='{.metadata.annotations.kubernetes\.io/service-account\.name}'
kubectl get secret my-sa-token -o jsonpath="{.data['ca\.crt']}" | wc -l
kubectl get secret --field-selector type=kubernetes.io/service-account-token
kubectl delete secret my-sa-token
kubectl create secret generic other --type=kubernetes.io/service-account-token --from-literal=a=b
kubectl patch sa my-sa -p '{"imagePullSecrets":[{"name":"regcred"}]}'
kubectl get sa my-sa -o jsonpath='{.imagePullSecrets}'
kubectl patch sa my-sa --type=json -p='[{"op":"add","path":"/automountServiceAccountToken","value":false}]'
kubectl patch serviceaccount my-sa --type merge --patch '{"automountServiceAccountToken":null}'
kubectl get sa my-sa -o json | grep -c automount
kubectl get cm kube-root-ca.crt -o jsonpath='{.data}' | cut -c1-12
kubectl delete cm kube-root-ca.crt
kubectl delete sa default
kubectl get sa default -o name
kubectl create ns dev
kubectl get sa -n dev
kubectl config set-context --current --namespace=dev
kubectl get sa
kubectl create sa dev-sa
kubectl get sa dev-sa -n default
kubectl delete ns dev
kubectl config set-context --current --namespace=default
kubectl create deployment app --image=nginx
kubectl set serviceaccount deployment app my-sa
kubectl rollout status deployment app --timeout=30s | tail -1
kubectl get deploy app -o jsonpath='{.spec.template.spec.serviceAccountName}'
kubectl rollout history deployment app
kubectl rollout undo deploy/app
kubectl get deploy app -o jsonpath='{.spec.template.spec.serviceAccountName}'
kubectl scale deploy app --replicas 3
kubectl get deploy app -o wide --no-headers | wc -l
kubectl delete deploy app
kubectl get pods -l app=nope
kubectl version --client=false -o yaml | grep -c gitVersion
kubectl cluster-info | head -1 | wc -l
kubectl api-resources | grep -i serviceaccount
kubectl explain serviceaccount.nope
kubectl get --raw /.well-known/openid-configuration
kubectl get --raw /openid/v1/jwks | wc -l
kubectl get --raw '/api/v1/namespaces/default/serviceaccounts?limit=1' | wc -l
kubectl get --raw /apis/authentication.k8s.io/v1 | wc -c
kubectl create token my-sa --bound-object-kind Secret --bound-object-name nope
kubectl create token my-sa --audience ''
kubectl delete sa my-sa other-sa
kubectl delete sa my-sa
kubectl delete rolebinding rb rb2
kubectl delete role pod-reader --ignore-not-found=true
kubectl delete role pod-reader --ignore-not-found=true
