// mdBook's scripts are no modules; this one loads the element, from wherever the page is in the book.
import(new URL(`${path_to_root}lab/serviceaccount-lab.js`, document.baseURI));
