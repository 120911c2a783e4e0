// The simulator from Node: npm install serviceaccount-lab, then node play.mjs
import { play } from "serviceaccount-lab/node";

const script = `
kubectl create sa robot
kubectl auth can-i list pods --as=system:serviceaccount:default:robot
`;
for (const { cmd, stdout, stderr, exit } of play(script)) {
  console.log(`$ ${cmd}\n${stdout}${stderr}(exit code ${exit})`);
}
