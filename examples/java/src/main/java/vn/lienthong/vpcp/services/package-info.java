/**
 * The names that programs for the axis know: a program written for the incumbent SDK compiles after
 * {@code com.vpcp.services} in its imports became {@code vn.lienthong.vpcp.services}. What behaves
 * otherwise, and why, stands in the README of this module.
 *
 * <p>New programs use {@link vn.lienthong.Connector}, which loses nothing when a process dies.
 */
package vn.lienthong.vpcp.services;
