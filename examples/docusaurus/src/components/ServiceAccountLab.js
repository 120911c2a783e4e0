// The element as a component. It is rendered on the server as well, so its content is there without JavaScript.
import useBaseUrl from "@docusaurus/useBaseUrl";
import { useEffect } from "react";

export default function ServiceAccountLab({ children, ...words }) {
  const element = useBaseUrl("/lab/serviceaccount-lab.js");
  useEffect(() => {
    import(/* webpackIgnore: true */ element);
  }, [element]);
  return <serviceaccount-lab {...words}>{children}</serviceaccount-lab>;
}
