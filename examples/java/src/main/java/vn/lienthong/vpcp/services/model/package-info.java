/** What the calls of {@link vn.lienthong.vpcp.services} give. */
package vn.lienthong.vpcp.services.model;
