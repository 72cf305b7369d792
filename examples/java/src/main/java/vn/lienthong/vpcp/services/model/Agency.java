package vn.lienthong.vpcp.services.model;

import vn.lienthong.Json;

/** An agency of the directory. What the axis does not say is an empty text. */
public final class Agency {
    private final Json row;

    /** A row of a list, as the library gives it. */
    public Agency(Json row) {
        this.row = row;
    }

    /** The id of its row. */
    public String getId() {
        return Result.orEmpty(row.get("id").text());
    }

    /** The id of the row above it. */
    public String getPid() {
        return Result.orEmpty(row.get("parent_id").text());
    }

    /** Its code. */
    public String getCode() {
        return Result.orEmpty(row.get("code").text());
    }

    /** Its name. */
    public String getName() {
        return Result.orEmpty(row.get("name").text());
    }

    /** Its address for mail. */
    public String getMail() {
        return Result.orEmpty(row.get("mail").text());
    }

    /** Its code before Decision 20/2020. */
    public String getOldCode() {
        return Result.orEmpty(row.get("old_code").text());
    }

    /** Its organ id by QCVN 102, in lists by Decision 20/2020. */
    public String getCode102() {
        return Result.orEmpty(row.get("code_102").text());
    }
}
