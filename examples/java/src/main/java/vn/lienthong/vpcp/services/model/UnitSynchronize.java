package vn.lienthong.vpcp.services.model;

import vn.lienthong.Json;

/** A unit of the directory with its changes. What the axis does not say is an empty text. */
public final class UnitSynchronize {
    private final Json row;

    /** A row of a list, as the library gives it. */
    public UnitSynchronize(Json row) {
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

    /** The code of the centre that connects it. */
    public String getCenterCode() {
        return Result.orEmpty(row.get("center_code").text());
    }

    /** The version of its row. */
    public String getVersion() {
        return Result.orEmpty(row.get("version").text());
    }

    /** Whether it was deleted, as the axis writes it. */
    public String getDeleted() {
        return Result.orEmpty(row.get("deleted").text());
    }

    /** When its row changed, as the axis writes it. */
    public String getModifyDate() {
        return Result.orEmpty(row.get("modified").text());
    }

    /** Whether it is an agency, as the axis writes it. */
    public String getIsAgency() {
        return Result.orEmpty(row.get("is_agency").text());
    }
}
